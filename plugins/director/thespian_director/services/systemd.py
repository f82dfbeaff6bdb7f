"""The service for systemd: a unit that may do little, a user of its own, and a key for its operators."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from thespian_director.errors import DirectorError
from thespian_director.services.service import NO_MANAGER, Service, Work

VERIFY_LIMIT_S = 60
RUNS = Path("/run/systemd/system")  # which is there while it does: sd_booted(3)

UNIT = """\
[Unit]
Description=Thespian Director for {folder_plain}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart={command}
# The command ends the system when it is sent SIGTERM, and ends with it.
KillMode=mixed
TimeoutStopSec=30
Restart=on-failure
RestartSec=60

User={user}
Group={user}
SupplementaryGroups={operators}
UMask=0027
StateDirectory={name}
LogsDirectory={name}
WorkingDirectory=%L/{name}
Environment={folder}
Environment={key_file}
Environment=THESPLOG_FILE=%L/{name}/thespian_system.log
Environment=HOME=%S/{name}
EnvironmentFile=-/etc/sysconfig/thespian

NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=full
ProtectHome=read-only
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
"""

USERS = """\
u {user} - "Thespian Director" /var/lib/{name}
g {operators} -
"""


def work(service: Service) -> Work:
    """Return what is to be done for systemd."""
    unit = f"/etc/systemd/system/{service.name}.service"
    users = f"/etc/sysusers.d/{service.name}.conf"
    names = {"name": service.name, "user": service.user, "operators": service.operators}
    unit_text = UNIT.format(
        **names,
        folder_plain=service.folder.replace("%", "%%"),
        command=" ".join(_quoted(word).replace("$", "$$") for word in service.command),
        folder=_quoted(f"THESPIAN_DIRECTOR_DIR={service.folder}"),
        key_file=_quoted(f"THESPIAN_KEY_FILE={service.key_file}"),
    )
    commands = [("systemctl", "daemon-reload"), ("systemctl", "enable", service.name)]
    if service.starts:
        commands.append(("systemctl", "start", "--no-block", service.name))
    return Work(
        {users: USERS.format(**names), unit: unit_text},
        tuple(commands),
        before_key=(("systemd-sysusers", users),),
        key_file=service.key_file,
        unit=unit,
        notes=(
            f"{service.user} must be able to read {service.folder}, and need not write to it",
            f"who is to operate it:  usermod -aG {service.operators} NAME",
            f"and in their shells:  export THESPIAN_KEY_FILE={service.key_file} "
            f"THESPIAN_DIRECTOR_DIR={service.folder}",
        ),
    )


def require_running(place: Path = RUNS) -> None:
    """Refuse to begin where systemd is installed and does not run, as in a container: it can start nothing.

    Raises:
        DirectorError: it does not run.
    """
    if not place.is_dir():
        raise DirectorError(
            "systemd does not run here, and nothing was written",
            "let what does run, as the user that the system is to have:  thespian director start wait",
            "or write the files below a folder, as for an image:  --root FOLDER",
            exit_status=NO_MANAGER,
        )


def verify(name: str, text: str) -> bool:
    """Have systemd look at a unit; whether it could.

    Raises:
        DirectorError: it finds something wrong with it.
    """
    if shutil.which("systemd-analyze") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(name).name)
        path.write_text(text)
        try:
            ran = subprocess.run(
                ["systemd-analyze", "verify", str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=VERIFY_LIMIT_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    # It succeeds also when it ignores a line. What it says of other units of the machine is not about this.
    said = [line for line in (ran.stdout + ran.stderr).splitlines() if path.name in line]
    if said:
        raise DirectorError(f"systemd finds something wrong with the unit {path.name}", *said)
    return ran.returncode == 0


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
