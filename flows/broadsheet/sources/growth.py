"""How much may come out of few bytes, whatever unpacks them."""

_FREE_BYTES = 8 * 2**20  # growth is not looked at before so much has come out


def grows_too_much(given: int, taken: int, max_ratio: int) -> bool:
    """Tell whether ``taken`` bytes become more than they may, which is ``given`` bytes."""
    return given > _FREE_BYTES and given > max_ratio * taken
