"""Status messages and how they are printed, under the path that existing programs import."""

from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq, Thespian_SystemStatus, formatStatus

__all__ = ["Thespian_ActorStatus", "Thespian_StatusReq", "Thespian_SystemStatus", "formatStatus"]
