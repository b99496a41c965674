"""A plug-in as anyone could write it; nothing is imported before a metric is named."""
