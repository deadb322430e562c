"""What works the batches of a run, and whether a cluster may be trusted with them.

Whoever reaches the scheduler of a Dask or a Ray cluster can run any code on it, as its user. So a
cluster that others may reach is refused unless its traffic is encrypted or asks for a token.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self, get_args
from urllib.parse import urlsplit

from broadsheet.errors import ConfigError

EngineName = Literal["threads", "processes", "dask", "ray"]
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)

_ENCRYPTED = frozenset({"tls", "wss"})
_ALLOW = (
    "If nobody else reaches its network, say so with --allow-insecure-cluster; see "
    "docs/operations.md for how to secure it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What works the batches.

    Attributes:
        name: threads or processes of this machine, or a cluster.
        workers: how many batches at once; None stands for all cores. A running cluster has its own.
        address: of a running cluster; without one a temporary one is started on this machine.
        allow_insecure: whether a cluster may be used that others might reach.

    """

    name: EngineName = "threads"
    workers: int | None = None
    address: str | None = None
    allow_insecure: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the engine that ``BROADSHEET_ENGINE`` and its like name, as a deployment does.

        Raises:
            ConfigError: there is no such engine.

        """
        name = environment.get("BROADSHEET_ENGINE", "threads")
        if name not in ENGINE_NAMES:
            message = f"BROADSHEET_ENGINE={name}: no engine; there are {', '.join(ENGINE_NAMES)}."
            raise ConfigError(message)
        workers = environment.get("BROADSHEET_WORKERS", "")
        return cls(
            name=name,
            workers=int(workers) if workers.isdecimal() and int(workers) else None,
            address=environment.get("BROADSHEET_ADDRESS") or None,
            allow_insecure=environment.get("BROADSHEET_ALLOW_INSECURE_CLUSTER") == "1",
        )

    @property
    def n_workers(self) -> int:
        """Batches at once on this machine."""
        return self.workers or _cores()

    def require_sound(self, environment: Mapping[str, str] = os.environ) -> None:
        """Refuse what cannot work, and a cluster that is open to others.

        Raises:
            ConfigError: says what is wrong, and what to do.

        """
        if self.address is None:
            return
        if self.name not in {"dask", "ray"}:
            message = f"--address is that of a cluster; --engine {self.name} has none."
            raise ConfigError(message)
        if self.workers:
            raise ConfigError("A running cluster has its own number of workers; leave --workers.")
        if not self.allow_insecure:
            if self.name == "dask":
                require_closed_dask(self.address)
            else:
                _require_closed_ray(self.address, environment)

    def is_elsewhere(self) -> bool:
        """Tell whether workers may run on other machines, which do not reach our loopback."""
        return self.address is not None and not _is_loopback(self.address)


THREADS = Engine()


def _cores() -> int:
    """Return the cores that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def require_closed_dask(address: str) -> None:
    """Refuse a Dask scheduler that is neither encrypted nor on the loopback address.

    TLS in Dask authenticates both ends: who has no certificate of the cluster's own authority is
    turned away.

    Raises:
        ConfigError: it may be open to others.

    """
    scheme = urlsplit(address).scheme if "://" in address else "tcp"
    if scheme in _ENCRYPTED or _is_loopback(address):
        return
    message = (
        f"The Dask cluster at {address} is open to everyone who reaches it: whoever does can run "
        f"code on it. Start its scheduler and workers with TLS and give tls://HOST:PORT. {_ALLOW}"
    )
    raise ConfigError(message)


def _require_closed_ray(address: str, environment: Mapping[str, str]) -> None:
    if address in {"auto", "local"} or _is_loopback(address):
        return
    if environment.get("RAY_USE_TLS") == "1" or _has_token(environment):
        return
    message = (
        f"The Ray cluster at {address} may be open to everyone who reaches it: neither a token nor "
        "TLS is set up here. Set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH, on "
        f"the cluster, too. {_ALLOW}"
    )
    raise ConfigError(message)


def _has_token(environment: Mapping[str, str]) -> bool:
    """Tell whether Ray will present a token; it looks in these places, in this order."""
    if environment.get("RAY_AUTH_MODE", "token").lower() != "token":
        return False
    if environment.get("RAY_AUTH_TOKEN") or environment.get("RAY_AUTH_TOKEN_PATH"):
        return True
    home = environment.get("HOME", "~")
    return (Path(home).expanduser() / ".ray" / "auth_token").is_file()


def _is_loopback(address: str) -> bool:
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name: it may lead anywhere
        return False
