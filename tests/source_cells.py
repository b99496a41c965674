"""What is read of a source, as lists that can be compared."""

from tsshape.data._export._sources import read_source


def cells(path, **options):
    """The rows of cells of a source, with None where there is none."""
    table = read_source(path, **options).cells
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()
