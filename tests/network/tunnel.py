"""stunnel with the configs of `config/stunnel`, edited as their comments tell."""
import pathlib
import re

from netns import Network
from processes import Process

CONFIGS = pathlib.Path(__file__).parents[2] / "config/stunnel"
NODE_PORT, TLS_PORT = 9470, 9471


def edited(text, values):
    """@returns a config with other values for some keys; None takes the key out. @throws AssertionError without it."""
    for key, value in values.items():
        line = "" if value is None else f"{key} = {value}"
        text, count = re.subn(rf"^{key} = .*$", lambda _, line=line: line, text, flags=re.MULTILINE)
        if count != 1:
            raise AssertionError(f"the config has '{key}' {count} times, not once")
    return text


def tunnel(end, namespace, folder, certificate, ca, **values):
    """Starts one end, "node" or "agent". @returns its process, when it accepts connections.

    It stays root: to be another user, a process gives up that it dies with its parent.
    @param certificate  None for none.
    @param values  More keys of the config, None to leave one out.
    """
    keys = {"setuid": None, "setgid": None, "CAfile": ca,
            "cert": certificate and certificate.cert, "key": certificate and certificate.key}
    if end == "node":
        keys["accept"] = f"{Network.node_address}:{TLS_PORT}"
    else:
        keys["connect"] = f"{Network.node_address}:{TLS_PORT}"
    path = pathlib.Path(folder) / f"{end}.conf"
    path.write_text(edited((CONFIGS / f"{end}.conf").read_text(), keys | values))
    process = Process(namespace, path.with_suffix(".log"), "stunnel4", path)
    process.wait_for("Accepting new connections")
    return process
