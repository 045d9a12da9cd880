"""Which way of reading many things takes the fewest requests; pure."""

import math


def list_is_fewer(wanted: int, total: int | None, *, page_size: int, seen: int = 0) -> bool:
    """Tell whether a list (the rest of it, when `seen` rows of it were read) takes fewer requests than reading alone.

    `wanted` things are yet to be read, each by one request. `total` is how many rows the list has, None when that is
    not known: then its first page is worth a request for two things or more, since it says so. Of two ways that are
    as short it is reading alone, which costs Launchpad less where nothing changed.
    """
    if total is None:
        return wanted > 1
    if seen and seen >= total:
        return False
    return max(1, math.ceil((total - seen) / page_size)) < wanted
