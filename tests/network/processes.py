"""Processes in a namespace: started, stopped by their id, watched."""
import os
import re
import signal
import subprocess

from netns import PATIENCE_SECONDS, libc, wait_until

PR_SET_PDEATHSIG = 1  # prctl(2)
TICKS = os.sysconf("SC_CLK_TCK")


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


class Process:
    """A process in a namespace; what it says goes to a log file. It dies with the thread that started it."""

    def __init__(self, namespace, log, *command):
        self.namespace, self.log, self.command = namespace, log, [str(part) for part in command]
        open(log, "wb").close()
        self.start()

    def start(self):
        """Once more, after its end; the log goes on, and is looked at from there."""
        self.begin = self.mark()
        with self.namespace, open(self.log, "ab") as log:
            self.popen = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          preexec_fn=die_with_parent)

    def stop(self):
        """Asks it to end. @returns its exit code. @throws AssertionError when it had to be killed."""
        self.popen.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            return self.popen.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command[0]} does not stop:\n{self.tail()}") from None

    def kill(self):
        """As by kill -9."""
        self.popen.kill()
        self.popen.wait()

    def pause(self):
        """As by SIGSTOP; when this returns, all its threads stand still."""
        self.popen.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.popen.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self):
        self.popen.send_signal(signal.SIGCONT)

    def cpu_seconds(self):
        """@returns the processor time used so far, of all its threads."""
        with open(f"/proc/{self.popen.pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime: proc(5)

    def said(self, pattern, since=None):
        """@returns the first match of a regular expression in the log, from a mark or the last start on, or None."""
        return re.search(pattern, self.text()[self.begin if since is None else since:], re.MULTILINE)

    def mark(self):
        """@returns where the log ends now, for `since`."""
        return len(self.text())

    def wait_for(self, pattern, since=None, seconds=PATIENCE_SECONDS):
        """@returns the first match in the log. @throws AssertionError at its end without one, or after the deadline."""
        def found():
            ended = self.popen.poll() is not None  # asked first: what it said before its end is in the log
            match = self.said(pattern, since)
            if ended and not match:
                raise AssertionError(f"{self.command[0]} ended with {self.popen.returncode}:\n{self.tail()}")
            return match
        try:
            return wait_until(f"a line like '{pattern}'", found, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe end of {self.log}:\n{self.tail()}") from None

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tail(self, lines=20):
        return "\n".join(self.text().splitlines()[-lines:])

    def close(self):
        """For clean-ups: gone, whatever state it is in."""
        if self.popen.poll() is None:
            self.kill()
