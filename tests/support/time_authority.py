"""A time-stamping authority in memory: real tokens (RFC 3161, CMS), and answers that are wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
STAMPED = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA, _RSA = "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11"
_INT, _BITS, _OID, _SEQUENCE, _SET, _TIME, _EXPLICIT = 2, 4, 6, 0x30, 0x31, 0x18, 0xA0


class TimeAuthority:
    """An authority with a root, a stamping certificate and a clock of its own."""

    def __init__(
        self,
        *,
        with_rsa: bool = False,
        stamps: bool = True,
        at: datetime = STAMPED,
        valid_until: datetime = STAMPED + timedelta(days=365),
    ) -> None:
        self._at = at
        root_key = ec.generate_private_key(ec.SECP256R1())
        self._key: PrivateKey = (
            rsa.generate_private_key(65537, 2048)
            if with_rsa
            else ec.generate_private_key(ec.SECP256R1())
        )
        self._root = _certificate("Root", "Root", root_key, root_key, until=valid_until)
        use = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.SERVER_AUTH
        self._certificate = _certificate(
            "Stamp", "Root", self._key, root_key, until=valid_until, use=use
        )
        self.asked: list[str] = []

    @property
    def root(self) -> bytes:
        """The root certificate, PEM."""
        return self._root.public_bytes(Encoding.PEM)

    def post(self, url: str, query: bytes) -> bytes:
        """Answer a query as the authority at *url*."""
        self.asked.append(url)
        return self.answer(query)

    def answer(
        self, query: bytes, *, tamper: Callable[[bytes], bytes] = lambda stated: stated
    ) -> bytes:
        """Return the response to a query; *tamper* changes the content after it was signed."""
        fields = _read_all(_read(query)[1])
        imprint, nonce = fields[1][2], [raw for tag, _, raw in fields[2:] if tag == _INT]
        stated = self._stated(imprint, nonce)
        info = self._signed(stated, tamper(stated))
        return _der(_SEQUENCE, _der(_SEQUENCE, _der(_INT, b"\x00")), info)

    def _stated(self, imprint: bytes, nonce: list[bytes]) -> bytes:
        time = self._at.strftime("%Y%m%d%H%M%SZ").encode()
        policy = _oid("1.3.6.1.4.1.99999.1")
        parts = [policy, imprint, _der(_INT, b"\x07"), _der(_TIME, time), *nonce]
        return _der(_SEQUENCE, _der(_INT, b"\x01"), *parts)

    def _signed(self, stated: bytes, shown: bytes) -> bytes:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(stated)
        attributes = sorted(
            [
                _attribute(_CONTENT_TYPE, _oid(_TST_INFO)),
                _attribute(_MESSAGE_DIGEST, _der(_BITS, digest.finalize())),
            ]
        )
        serial = self._certificate.serial_number
        signer = _der(
            _SEQUENCE,
            _der(_INT, b"\x01"),
            _der(_SEQUENCE, self._certificate.issuer.public_bytes(), _integer(serial)),
            _der(_SEQUENCE, _oid(_SHA256)),
            _der(_EXPLICIT, *attributes),
            _der(_SEQUENCE, _oid(_RSA if isinstance(self._key, rsa.RSAPrivateKey) else _ECDSA)),
            _der(_BITS, self._sign(_der(_SET, *attributes))),
        )
        data = _der(
            _SEQUENCE,
            _der(_INT, b"\x03"),
            _der(_SET, _der(_SEQUENCE, _oid(_SHA256))),
            _der(_SEQUENCE, _oid(_TST_INFO), _der(_EXPLICIT, _der(_BITS, shown))),
            _der(_EXPLICIT, self._certificate.public_bytes(Encoding.DER)),
            _der(_SET, signer),
        )
        return _der(_SEQUENCE, _oid(_SIGNED_DATA), _der(_EXPLICIT, data))

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))


def _certificate(
    subject: str,
    issuer: str,
    key: PrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    until: datetime,
    use: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(STAMPED - timedelta(days=365))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=use is None, path_length=None), critical=True)
    )
    if use:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {text}")])


def _attribute(kind: str, value: bytes) -> bytes:
    return _der(_SEQUENCE, _oid(kind), _der(_SET, value))


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _integer(number: int) -> bytes:
    return _der(_INT, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytearray([first * 40 + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        content += bytes(reversed(digits))
    return _der(_OID, bytes(content))


def _read(data: bytes, at: int = 0) -> tuple[int, bytes, bytes]:
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[at + 2 : start], "big")
    return data[at], data[start : start + length], data[at : start + length]


def _read_all(content: bytes) -> list[tuple[int, bytes, bytes]]:
    values, at = [], 0
    while at < len(content):
        values.append(_read(content, at))
        at += len(values[-1][2])
    return values
