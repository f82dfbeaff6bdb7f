"""The service for launchd and for upstart, and what is said where none can be made."""

from __future__ import annotations

import plistlib

from thespian_director.errors import DirectorError
from thespian_director.services.service import NO_MANAGER, Service, Work

UPSTART = """\
description "Thespian Director"
start on runlevel [2345]
stop on runlevel [!2345]
respawn
respawn limit 5 300
setuid {user}
env THESPIAN_DIRECTOR_DIR={folder}
exec {command}
"""


def launchd(service: Service) -> Work:
    """Return what is to be done for launchd."""
    path = f"/Library/LaunchDaemons/{service.name}.plist"
    text = plistlib.dumps(
        {
            "Label": service.name,
            "ProgramArguments": list(service.command),
            "EnvironmentVariables": {"THESPIAN_DIRECTOR_DIR": service.folder},
            "UserName": service.user,
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 60,
        }
    ).decode()
    commands = (("launchctl", "bootstrap", "system", path),) if service.starts else ()
    return Work({path: text}, commands, notes=(f"the user {service.user} must exist; --user names another",))


def upstart(service: Service) -> Work:
    """Return what is to be done for upstart."""
    path = f"/etc/init/{service.name}.conf"
    words = [*service.command, service.folder]
    if any(not word or set(word) & set(" \t\"'\\$`") for word in words):
        raise DirectorError(
            "upstart cannot be given a path with blanks, quotes or dollar signs in it: "
            f"{service.python}, {service.folder}"
        )
    text = UPSTART.format(user=service.user, folder=service.folder, command=" ".join(service.command))
    commands = (("initctl", "start", service.name),) if service.starts else ()
    return Work({path: text}, commands, notes=(f"the user {service.user} must exist; --user names another",))


def system_v(service: Service) -> Work:
    """Say that no script is written for System V.

    Raises:
        DirectorError: always.
    """
    raise DirectorError(
        "SystemV bootstart TBD: no script for /etc/init.d is written",
        "let one of your own run, as the user that the system is to have:",
        f"THESPIAN_DIRECTOR_DIR={service.folder} {service.python} -m thespian.director start",
    )


def windows(service: Service) -> Work:
    """Say that no service is made on Windows.

    Raises:
        DirectorError: always.
    """
    raise DirectorError(
        "no service is made on Windows: no system base goes on there when the program that started it ends",
        "let a program of your own use the Director:  DirectorControl(system_base='simpleSystemBase')",
        exit_status=NO_MANAGER,
    )
