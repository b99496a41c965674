"""The simulator of the SPID challenge's tables, of which no working address is known (docs/public-data.md).

The data are SIMULATED. They have the schema of the challenge's tables and agree with the few numbers published about
them; nothing else about them, and no sentence, place or person in them, says anything about real images.
"""

from tsshape.data._simulator._simulate import SpidTables, simulate_spid, simulate_spid_tables, write_spid_tables

__all__ = ["SpidTables", "simulate_spid", "simulate_spid_tables", "write_spid_tables"]
