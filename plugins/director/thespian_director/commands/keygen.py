"""The command ``thespian director keygen``: a key to sign packages with, and one to verify them with."""

from __future__ import annotations

from pathlib import Path

import click

_PRIVATE, _PUBLIC = 0o600, 0o644


@click.command("keygen")
@click.argument("private_keyfile", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--rsa",
    "rsa_bits",
    type=click.Choice(["2048", "3072", "4096"]),
    metavar="BITS",
    help="Make an RSA key of 2048, 3072 or 4096 bits, not an Ed25519 key.",
)
def command(private_keyfile: Path, rsa_bits: str | None) -> None:
    """Make a key to sign packages with, and one to verify them.

    The private key is written to PRIVATE_KEYFILE, readable for you alone. The public key is written beside
    it: for sourcekey.pem it is sourcekey_tls.key. A file that exists is left as it is, and nothing is made.

    Whoever has the private key can bring code into your systems: keep it where packages are made, and
    nowhere else. Copy the public key into the director's folder of each system that is to accept them.
    """
    import shlex

    from thespian_director.errors import DirectorError
    from thespian_director.packages.files import write_new
    from thespian_director.packages.keys import PUBLIC_KEY_FILES, new_key

    if not private_keyfile.name:
        raise DirectorError("name the file of the key", "name it sourcekey.pem, for example")
    public_keyfile = private_keyfile.with_name(private_keyfile.stem + PUBLIC_KEY_FILES)
    if private_keyfile.name.endswith(PUBLIC_KEY_FILES):
        raise DirectorError(
            f"{private_keyfile} is what a public key is called", "name it sourcekey.pem, for example"
        )
    key = new_key(int(rsa_bits) if rsa_bits else None)
    written: list[Path] = []
    try:
        for path, data, mode in (
            (private_keyfile, key.private_pem(), _PRIVATE),
            (public_keyfile, key.public_pem(), _PUBLIC),
        ):
            try:
                write_new(path, data, mode)
            except FileExistsError:
                raise DirectorError(
                    f"{path} is there already, and no key is made", "name another file, or move that one away"
                ) from None
            written.append(path)
    except DirectorError:
        for path in written:
            path.unlink()
        raise
    click.echo(f"Wrote {private_keyfile}: sign with it, and give it to nobody")
    click.echo(f"Wrote {public_keyfile}: copy it to where packages are loaded:")
    click.echo(f'  cp {shlex.quote(str(public_keyfile))} "$THESPIAN_DIRECTOR_DIR"')
