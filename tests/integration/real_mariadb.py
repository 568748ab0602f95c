"""A real MariaDB with a table of sysbench's, and load on it."""
import itertools
import os
import pathlib
import pwd
import subprocess
import threading
import time

from real_server import wait_for

MIB = 1 << 20
ROWS = 400_000
PASSWORD = "horse-battery-staple-8"
#: As `sysbench prepare` makes it, in one statement.
TABLE = f"""
CREATE DATABASE sbtest;
USE sbtest;
SET sql_log_bin = 0;
CREATE TABLE sbtest1 (
  id INT NOT NULL PRIMARY KEY, k INT NOT NULL, c CHAR(120) NOT NULL,
  pad CHAR(60) NOT NULL) ENGINE = InnoDB CHARSET latin1;
INSERT INTO sbtest1
  SELECT seq, seq, REPEAT(MD5(seq), 3), MD5(seq) FROM seq_1_to_{ROWS};
CREATE USER tuner@localhost IDENTIFIED BY '{PASSWORD}';
GRANT SUPER, BINLOG ADMIN ON *.* TO tuner@localhost;
"""


def processor_seconds(*processes):
    fields = [
        pathlib.Path(f"/proc/{x.pid}/stat").read_text().rpartition(")")[2].split()
        for x in processes]
    ticks = sum(int(x[11]) + int(x[12]) for x in fields)
    return ticks / os.sysconf("SC_CLK_TCK")


class Meter(threading.Thread):
    """Notes what a server has answered so far, and with which values of some
    variables, until it is stopped: whoever waits for a line in a log may come
    too late to look."""

    def __init__(self, server, *variables):
        super().__init__(daemon=True)
        self.server, self.seen, self.over = server, [], threading.Event()
        self.query = "SELECT VARIABLE_VALUE" + "".join(
            f", @@GLOBAL.{x}" for x in variables) + (
            " FROM information_schema.GLOBAL_STATUS"
            " WHERE VARIABLE_NAME = 'Questions'")
        self.start()

    def run(self):
        while not self.over.wait(0.1):
            began = time.monotonic()
            questions, *values = map(int, self.server.ask(self.query).split())
            self.seen.append(((began + time.monotonic()) / 2, questions, values))

    def stop(self):
        self.over.set()
        self.join()

    def phases(self):
        """@returns (values, seconds, answers per second) for as long as the
        values stayed, in turn."""
        result = []
        seen = list(self.seen)
        for values, same in itertools.groupby(seen, lambda x: x[2]):
            (began, before, _), *_, (ended, after, _) = [*same] * 2
            length = ended - began
            result.append(
                (values, length, (after - before) / length if length else 0))
        return result


class MariaDb:
    """Each has its own temporaries: one that starts removes those of others."""

    def __init__(self, folder, pool_mib):
        self.folder = pathlib.Path(folder)
        self.socket = str(self.folder / "socket")
        temporary = self.folder / "temporary"
        temporary.mkdir()
        user = pwd.getpwuid(os.getuid()).pw_name
        where = [
            "--no-defaults", f"--user={user}", f"--tmpdir={temporary}",
            f"--datadir={self.folder / 'data'}"]
        subprocess.run(
            ["mariadb-install-db", *where, "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            ["/usr/sbin/mariadbd", *where, f"--socket={self.socket}",
             "--skip-networking", "--log-bin", "--sync-binlog=1",
             "--innodb-buffer-pool-chunk-size=2M",
             f"--innodb-buffer-pool-size={pool_mib}M"],
            stderr=subprocess.DEVNULL)
        wait_for(lambda: self.ask("SELECT 1", check=False) == "1")
        self.ask(TABLE)

    def ask(self, statement, check=True):
        done = subprocess.run(
            ["mariadb", "--no-defaults", "-N", "-u", "root", "-S", self.socket],
            input=statement, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def variable(self, name):
        return int(self.ask(f"SELECT @@GLOBAL.{name}"))

    def pool_mib(self):
        return self.variable("innodb_buffer_pool_size") / MIB

    def resize(self, mib):
        self.ask(f"SET GLOBAL innodb_buffer_pool_size = {int(mib) * MIB}")

    def questions(self):
        return int(self.ask("SHOW GLOBAL STATUS LIKE 'Questions'").split()[1])

    def rate(self, seconds, spent):
        """What it answers in a second of `spent`, at present."""
        began, before = spent(), self.questions()
        time.sleep(seconds)
        return (self.questions() - before) / (spent() - began)

    def load(self, kind, threads, *options):
        """Starts sysbench. @returns it, once something comes of it."""
        before = self.questions()
        started = subprocess.Popen(
            ["sysbench", kind, f"--mysql-socket={self.socket}",
             "--mysql-user=root", f"--table-size={ROWS}",
             f"--threads={threads}", "--time=0", *options, "run"],
            stdout=subprocess.DEVNULL)
        wait_for(lambda: self.questions() > before + 1000)
        return started

    def stop(self):
        self.process.kill()
        self.process.wait()
