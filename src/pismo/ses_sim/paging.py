"""Pages of a listing: a token is the offset of the next page."""

from collections.abc import Sequence
from typing import TypeVar

from pismo.ses_sim.errors import ApiError, bad_request

Item = TypeVar("Item")
_PREFIX = "page-"


def page(
    items: Sequence[Item], token: str, size: object, *, most: int
) -> tuple[Sequence[Item], str]:
    """Cut one page.

    Args:
        items: All of them, in a steady order.
        token: What the page before gave, or nothing.
        size: PageSize as it came; nothing means `most`.
        most: The largest page that the operation gives.

    Returns:
        The items of the page, and the token of the next one (empty on the last).

    Raises:
        ApiError: InvalidNextTokenException or BadRequestException.
    """
    count = most if size in (None, "") else _number(size)
    if not 1 <= count <= most:
        raise bad_request(f"PageSize must be between 1 and {most}")
    start = 0
    if token:
        if not token.startswith(_PREFIX) or not token.removeprefix(_PREFIX).isdigit():
            raise ApiError(
                400, "InvalidNextTokenException", "The specified request includes an invalid token."
            )
        start = int(token.removeprefix(_PREFIX))
    following = f"{_PREFIX}{start + count}" if start + count < len(items) else ""
    return items[start : start + count], following


def _number(size: object) -> int:
    try:
        return int(str(size))
    except ValueError as error:
        raise bad_request("PageSize must be a number") from error


def listing(key: str, items: Sequence[object], token: str) -> dict[str, object]:
    """Return a listing's answer, with its token if there is more."""
    return {key: list(items)} | ({"NextToken": token} if token else {})
