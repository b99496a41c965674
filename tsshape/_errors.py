"""The one exception for data that cannot be used; apart, so that the command line finds it without any library."""


class DataError(ValueError):
    """The data cannot be used as they are: the message says what is wrong, where, and what to do.

    Examples
    --------
    >>> import tsshape
    >>> try:
    ...     tsshape.split_scale_shape([[1.0, 4.0], [0.0, 0.0]])
    ... except tsshape.DataError as error:
    ...     print(str(error).split(";")[0])
    1 curves are 0 throughout and have no shape, the first of them row 1
    """
