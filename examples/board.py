#!/usr/bin/env python3
"""Follows a Boardcast board and reports to it, with Python 3.9's standard library alone.

    board.py follow BOARD [CURSOR]        prints a line an event, from now on or from after CURSOR
    board.py report BOARD TITLE < lines   makes a card and an attempt at it, to whose log the lines go

The server is BOARDCAST_URL (http://127.0.0.1:4400), the token, if it wants one, BOARDCAST_TOKEN.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

BASE = os.environ.get("BOARDCAST_URL", "http://127.0.0.1:4400").rstrip("/") + "/api/v1"
DELAYS = [1.5, 3, 6, 12]  # seconds before the next try; the last one again and again
SILENCE = 40  # seconds without a byte, two heartbeats and a half: the connection is dead
STEADY = 5  # seconds after which a stream counts as one that worked


class Refused(Exception):
    """Trying again would not help."""


class Later(Exception):
    """It may work in a while; the server may have said in how many seconds."""

    def __init__(self, why, seconds=None):
        super().__init__(why)
        self.seconds = seconds


def ask(path, body=None, **headers):
    """The answer to a GET, or to a POST of `body`; still to be read."""
    headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    if os.environ.get("BOARDCAST_TOKEN"):
        headers["authorization"] = "Bearer " + os.environ["BOARDCAST_TOKEN"]
    data = None if body is None else json.dumps(body).encode()
    try:
        return urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers), timeout=SILENCE)
    except urllib.error.HTTPError as error:
        if error.code != 429 and error.code < 500:
            raise Refused(f"{error.code}: {error.read().decode(errors='replace')}") from error
        after = error.headers.get("retry-after", "")
        raise Later(f"the server answers {error.code}", int(after) if after.isdigit() else None) from error
    except OSError as error:
        raise Later(f"no answer: {error}") from error


def delay(tries, seconds=None):
    """How long to wait: what the server said, within reason, or else longer with each try."""
    return min(max(seconds, 0.5), 12) if seconds is not None else DELAYS[min(tries, len(DELAYS) - 1)]


def frames(response):
    """The frames of one connection as (id or None, event, data), until it ends. What was cut is none."""
    cursor, event, data = None, None, None
    for line in response:
        field, _, value = line.decode().rstrip("\r\n").partition(": ")
        if field == "id":
            cursor = value
        elif field == "event":
            event = value
        elif field == "data":
            data = json.loads(value) if line.endswith(b"\n") else None
        elif field == "" and data is not None:
            yield cursor, event, data
            cursor, event, data = None, None, None


def follow(board, cursor=None):
    """The board's events as (cursor, event, data), each once and in order, over any number of connections.

    After a `hello` whose `replay` isn't `tail`, forget what you know: the board as it is now follows.
    """
    tries = 0
    while True:
        opened = time.monotonic()
        try:
            with ask(f"/sse?boardId={board}", last_event_id=cursor) as response:
                if response.headers.get_content_type() != "text/event-stream":
                    raise Refused("this is no stream")
                for id, event, data in frames(response):
                    if event == "hello" and data["replay"] == "reset":
                        cursor = None
                    if event == "bye" and data["reason"] != "shutdown":
                        raise Refused(data["reason"])
                    # The cursor moves before the event is handed out: whoever stops here knows where to go on.
                    cursor = id or cursor
                    yield cursor, event, data
                    if event == "bye":
                        raise Later("the server shuts down", data["retryMs"] / 1000)
            why = Later("the stream ended")
        except Later as later:
            why = later
        except (OSError, http.client.HTTPException) as error:
            why = Later(f"the connection broke: {error}")
        if time.monotonic() - opened >= STEADY:
            tries = 0
        seconds = delay(tries, why.seconds)
        tries += 1
        print(f"{why}; again in {seconds} s", file=sys.stderr, flush=True)
        time.sleep(seconds)


def send(path, body, content_type, key=None):
    """The answer to a POST. It may be repeated: the key, or the events' source and id, let it take effect once."""
    for tries in range(8):
        try:
            with ask(path, body, content_type=content_type, idempotency_key=key) as response:
                return json.load(response)
        except (Later, OSError, http.client.HTTPException) as error:
            print(f"{error}; again", file=sys.stderr, flush=True)
            time.sleep(delay(tries, getattr(error, "seconds", None)))
    raise Refused("it didn't work for a minute")


def report(board, title, lines):
    """Reports one attempt: queued, running, a line of its log for each of `lines`, succeeded."""
    card = send(f"/boards/{board}/cards", {"title": title}, "application/json", uuid.uuid4().hex)
    attempt = f"py-{uuid.uuid4().hex[:12]}"
    whose = {"boardId": board, "attemptId": attempt}
    who = {**whose, "cardId": card["id"], "agent": "board-py"}

    def tell(type, data):
        event = {"specversion": "1.0", "source": "board.py", "id": uuid.uuid4().hex, "type": type, "data": data}
        send("/events", event, "application/cloudevents+json")

    tell("attempt.queued", who)
    tell("attempt.started", {**who, "branchName": "", "baseBranch": ""})
    tell("attempt.status.changed", {**who, "status": "running"})
    for line in lines:
        tell("attempt.log.appended", {**whose, "level": "info", "message": line.rstrip("\n")})
    tell("attempt.status.changed", {**who, "status": "succeeded"})
    return attempt


def in_words(event, data):
    """An event as a line."""
    if event == "state":
        columns = [data["columns"][id] for id in data["columnOrder"]]
        return ", ".join(f"{column['title']} {len(column['cardIds'])}" for column in columns)
    if event == "attempt_log":
        return data["message"]
    if event == "attempt_status":
        return f"{data['attemptId']} {data['status']}"
    if event == "hello":
        return data["replay"]
    return json.dumps({name: value for name, value in data.items() if name != "boardId"})


def main():
    try:
        if sys.argv[1:2] == ["follow"] and len(sys.argv) in (3, 4):
            for cursor, event, data in follow(*sys.argv[2:]):
                if event != "heartbeat":
                    print(cursor or "-", event, in_words(event, data), flush=True)
        elif sys.argv[1:2] == ["report"] and len(sys.argv) == 4:
            print(report(sys.argv[2], sys.argv[3], sys.stdin))
        else:
            sys.exit(__doc__)
    except Refused as refused:
        sys.exit(f"board.py: {refused}")
    except KeyboardInterrupt:
        pass


main()
