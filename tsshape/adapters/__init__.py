"""Bridges to other libraries; only files in here import them.

The metrics reach these through the entry-point group `tsshape.metric_bridges`, never by import.
"""
