"""The container image, without a builder: its files are laid out as the Dockerfile says, and the entry point runs in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import ARCHITECTURE, PACKAGES

CONTEXT = PACKAGES / "docker"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the last stage, without comments and continuations."""
    text = (CONTEXT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    pairs = [tuple(line.split(maxsplit=1)) for line in joined]
    last = max(index for index, (name, _) in enumerate(pairs) if name == "FROM")
    return pairs[last:]  # type: ignore[return-value]


def only(name: str) -> str:
    """The argument of an instruction that there is once."""
    (argument,) = [argument for instruction, argument in instructions() if instruction == name]
    return argument


def test_it_is_the_program_alone() -> None:
    assert only("FROM") == "scratch"
    assert json.loads(only("ENTRYPOINT")) == ["revgraph"]
    assert not [name for name, _ in instructions() if name in ("RUN", "ADD", "VOLUME")], "scratch has no shell"


def test_nobody_is_root() -> None:
    user, group = (int(part) for part in only("USER").split(":"))
    assert user > 0 and group > 0


def test_it_has_the_certificates_where_they_are_looked_for() -> None:
    copies = [argument.split() for name, argument in instructions() if name == "COPY"]
    assert ["--from=base", *["/etc/ssl/certs/ca-certificates.crt"] * 2] in copies


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes its root, which only root may")


class Container:
    """The files of the image below a folder, and the entry point in them."""

    def __init__(self, root: Path, project: Path) -> None:
        self.root = root
        self.workdir = only("WORKDIR")
        self.entry_point = json.loads(only("ENTRYPOINT"))
        self.user, self.group = (int(part) for part in only("USER").split(":"))
        self.environment = dict(pair.split("=", 1) for pair in only("ENV").split())
        for argument in [argument for name, argument in instructions() if name == "COPY"]:
            if "--from=" not in argument:
                self._copy([part for part in argument.split() if not part.startswith("--")])
        (root / "tmp").mkdir()
        (root / "tmp").chmod(0o1777)
        shutil.copytree(project, root / self.workdir.strip("/"))

    def _copy(self, arguments: list[str]) -> None:
        *sources, destination = arguments
        for source in sources:
            target = self.root / destination.strip("/")
            target = target / source if destination.endswith("/") else target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CONTEXT / source.replace("${TARGETARCH}", ARCHITECTURE), target)
            target.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the entry point as the image's user."""

        def enter() -> None:
            os.chroot(self.root)
            os.chdir(self.workdir)
            os.setgroups([])
            os.setgid(self.group)
            os.setuid(self.user)

        return subprocess.run(
            [*self.entry_point, *arguments],
            preexec_fn=enter,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def container(tmp_path: Path, project: Path) -> Container:
    return Container(tmp_path / "root", project)


@as_root
def test_the_entry_point_runs_in_an_empty_root(container: Container) -> None:
    upgraded = container.run("--url", "sqlite:/tmp/test.db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert "up to date" in container.run("--url", "sqlite:/tmp/test.db", "status").stdout
    verified = container.run("--url", "sqlite:/tmp/test.db", "verify")
    assert "reversible a1" in verified.stdout, "scratch databases have a place"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a host that signs itself, and its key."""
    folder.mkdir()
    paths = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-out", paths[0], "-keyout", paths[1]],
        capture_output=True,
        check=True,
    )
    return paths


def serve_one(listener: socket.socket, certificate: tuple[Path, Path]) -> None:
    """A server of PostgreSQL's protocol that agrees to TLS, and then refuses whoever trusts its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    connection, _ = listener.accept()
    with connection:
        connection.recv(8)
        connection.sendall(b"S")
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            fields = b"SFATAL\0C28000\0Mthe certificate was trusted\0\0"
            secured.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)


@as_root
@pytest.mark.parametrize(("host", "told"), [("db.test", "the certificate was trusted"), ("other.test", "does not match")])
def test_the_systems_certificates_are_found(container: Container, tmp_path: Path, host: str, told: str) -> None:
    made = certificate(tmp_path / "server", "db.test")
    foreign = certificate(tmp_path / "foreign", "db.test")
    authorities = container.root / "etc/ssl/certs/ca-certificates.crt"
    authorities.parent.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"postgres://u@{host}:{port}/x?hostaddr=127.0.0.1&sslrootcert=system"
        for trusted, message in [(made, told), (foreign, "certificate verify failed")]:
            shutil.copy(trusted[0], authorities)
            server = threading.Thread(target=serve_one, args=(listener, made), daemon=True)
            server.start()
            refused = container.run("--url", url, "current")
            server.join(timeout=30)
            assert message in refused.stderr, refused.stderr
