"""Complete messages: equal to `render`, and within every limit on lines."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.errors import SendError
from pismo.model.content import Sender
from pismo.model.edition import Context, Edition, Path, Repeat
from pismo.model.people import Email, Recipient
from pismo.render import mime_program, render
from pismo.render.encode import base64_lines, header_line, mailbox, quoted_printable
from tests.render.samples import (
    FIRST_NAME,
    MESSAGE_ID,
    NOON,
    ODD_NAMES,
    PICKS,
    default,
    edition,
    full_edition,
    hole,
    parts,
    readers,
    recipient,
)

FULL = full_edition()
SEND_FULL = mime_program(FULL)


def read(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    assert not part.defects
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def assert_says(message: EmailMessage, email: Email) -> None:
    """Compare a message, read by the standard library, with a rendered letter."""
    assert message["Subject"] == email.subject
    assert message["To"] == (email.to or "undisclosed-recipients:;")
    assert message["From"].addresses[0].display_name == email.sender.name
    assert message["From"].addresses[0].addr_spec == email.sender.address
    assert body(message, "html") == email.html
    assert body(message, "plain") == email.text
    for name, value in email.headers:
        assert message[name] == value
        assert len(message.get_all(name, [])) == 1


def assert_within_limits(message: bytes) -> None:
    assert message.isascii()
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    head, _, rest = message.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        assert len(line) <= 998
        assert len(line) <= 78 or b" " not in line.strip().partition(b": ")[2]
        assert b"=?" not in line or len(line) <= 76
    for line in rest.split(b"\r\n"):
        assert len(line) <= 76


@pytest.mark.parametrize("reader", readers(), ids=range(len(readers())))
def test_a_message_reads_back_as_the_rendered_letter(reader: Recipient) -> None:
    message = SEND_FULL(reader, NOON, MESSAGE_ID)
    assert_within_limits(message)
    assert_says(read(message), render(FULL, reader))


@given(st.text(), st.integers(0, 200), st.integers(0, 4))
def test_any_name_reads_back_as_rendered(name: str, points: int, picks: int) -> None:
    reader = recipient(first_name=name, points=points, picks=PICKS[:picks])
    message = SEND_FULL(reader, NOON, MESSAGE_ID)
    assert_within_limits(message)
    assert_says(read(message), render(FULL, reader))


def mostly(letters: str) -> Edition:
    """Return an edition whose static text is in one script, so that one encoding wins."""
    return edition(
        subject=(hole(default(FIRST_NAME, "x"), Context.HEADER), letters),
        text=(letters * 9, hole(FIRST_NAME, Context.TEXT), letters, "\n"),
        html=(letters * 70, hole(FIRST_NAME), letters * 3, hole(FIRST_NAME), " "),
    )


@pytest.mark.parametrize("letters", ["Слова ", "plain = words "])
@pytest.mark.parametrize("length", range(0, 100, 3))
def test_messages_of_every_length_keep_the_limits(letters: str, length: int) -> None:
    letter = mostly(letters)
    for name in ("ы" * length, "x" * length, "=" * length + " ", "." * length + "\n"):
        reader = recipient(first_name=name)
        message = mime_program(letter)(reader, NOON, MESSAGE_ID)
        assert_within_limits(message)
        assert_says(read(message), render(letter, reader))


@pytest.mark.parametrize(
    ("letters", "encoding"), [("Слова ", "base64"), ("plain words ", "quoted-printable")]
)
def test_the_shorter_encoding_is_chosen(letters: str, encoding: str) -> None:
    message = read(mime_program(mostly(letters))(recipient(first_name="Анна"), NOON, MESSAGE_ID))
    for part in message.iter_parts():
        assert part["Content-Transfer-Encoding"] == encoding


def test_a_message_has_each_header_once_and_the_plain_part_first() -> None:
    message = read(SEND_FULL(recipient(address="a@example.com"), NOON, f"<{MESSAGE_ID}>"))
    assert message.keys() == [
        *("From", "Reply-To", "To", "Date", "Message-ID", "Subject"),
        *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"),
        *("MIME-Version", "Content-Type"),
    ]
    assert message["Message-ID"] == f"<{MESSAGE_ID}>"
    assert parsedate_to_datetime(message["Date"]) == NOON
    assert message["Reply-To"] == "reply@example.com"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]


@pytest.mark.parametrize("address", ["", "a@b\r\nBcc: x@y", "a b@example.com", "имя@example.com"])
def test_an_address_that_no_header_can_hold_is_refused_without_naming_it(address: str) -> None:
    with pytest.raises(SendError, match="recipient p1") as refused:
        SEND_FULL(recipient(address=address), NOON, MESSAGE_ID)
    assert not address or address not in str(refused.value)


def test_a_message_id_that_would_break_the_header_is_refused() -> None:
    with pytest.raises(SendError):
        SEND_FULL(recipient(), NOON, "x@y\r\nBcc: z")


@pytest.mark.parametrize("name", ["Katya", 'Ann "A" Smith, Jr.', "Катя", "Катя " * 40, ""])
def test_the_senders_name_reads_back(name: str) -> None:
    letter = edition(sender=Sender(name, "katya@example.com"))
    message = mime_program(letter)(recipient(), NOON, MESSAGE_ID)
    assert_within_limits(message)
    # Not the default policy: Python 3.11's puts spaces between adjacent encoded words of a name.
    raw, _ = parseaddr(message_from_bytes(message)["From"])
    assert str(make_header(decode_header(raw))) == name.strip()


@given(st.binary(max_size=300).map(lambda data: data.hex().encode()), st.integers(0, 200))
def test_pieces_of_quoted_printable_join(data: bytes, cut: int) -> None:
    from quopri import decodestring

    joined = quoted_printable(data[:cut]) + quoted_printable(data[cut:])
    assert decodestring(joined) == data


def test_base64_is_padded_only_at_the_end() -> None:
    for length in range(200):
        lines = base64_lines(b"x" * length).split()
        assert all(len(line) == 76 and b"=" not in line for line in lines[:-1])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200))
def test_a_subject_reads_back(value: str) -> None:
    line = header_line("Subject", value.strip(" "))
    message = message_from_bytes(line + b"\r\n", policy=policy.default)
    assert all(len(part) <= 78 or b" " not in part.strip() for part in line.split(b"\r\n"))
    assert str(message["Subject"]) == value.strip(" ")


def test_a_mailbox_without_a_name_is_the_address() -> None:
    assert mailbox("", "a@example.com") == "a@example.com"


def test_many_readers_do_not_share_anything() -> None:
    letter = edition(
        html=(Repeat("p", Path("picks"), parts(("x" * 70, hole(Path("p", ("title",)))))), "!"),
        text=(hole(FIRST_NAME, Context.TEXT),),
    )
    program = mime_program(letter)
    people = [recipient(first_name=name, picks=PICKS[:2]) for name in ODD_NAMES]
    first = [program(person, NOON, MESSAGE_ID) for person in people]
    again = [program(person, NOON, MESSAGE_ID) for person in reversed(people)]
    assert first == list(reversed(again))


def test_a_subject_of_one_endless_word_stays_within_the_longest_line() -> None:
    line = header_line("Subject", "a" * 2000)
    assert max(map(len, line.split(b"\r\n"))) <= 76
    message = message_from_bytes(line + b"\r\n", policy=policy.default)
    assert message["Subject"] == "a" * 2000
