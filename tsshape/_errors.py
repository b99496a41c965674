"""The one exception for data that cannot be used; apart, so that the command line finds it without any library."""


class DataError(ValueError):
    """The data cannot be used as they are: the message says what is wrong, where, and what to do."""
