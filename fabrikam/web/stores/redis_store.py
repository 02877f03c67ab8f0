"""A store in Redis, for several processes on several machines.

Redis expires by its own clock; ours decides, so the end stands in the value too.
Whatever looks and then writes is one script in Redis, so nothing comes in between.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import redis

from fabrikam.web.stores.store import RecordKind, StoreUnavailable

__all__ = ["RedisStore", "open_url"]

_PREFIX: Final = "fabrikam"
_MARGIN: Final = 60  # Redis may forget a little later than we do, never earlier
_ANSWER_SECONDS: Final = 2.5

# a tag is a sorted set of keys by their ends, and lives as long as its longest key
_TAG: Final = """
local function tag(name, key, now, ends, seconds)
  redis.call('ZREMRANGEBYSCORE', name, '-inf', now)
  redis.call('ZADD', name, ends, key)
  if redis.call('TTL', name) < tonumber(seconds) then
    redis.call('EXPIRE', name, seconds)
  end
end
local key, now, ends, seconds, value = unpack(ARGV)
"""

_PUT: Final = (
    _TAG
    + """
if not redis.call('SET', KEYS[1], value, 'NX', 'EX', seconds) then return 0 end
for place = 2, #KEYS do tag(KEYS[place], key, now, ends, seconds) end
return 1
"""
)

_RENEW: Final = (
    _TAG
    + """
local before = redis.call('GET', KEYS[1])
if not before then return 0 end
local known = cjson.decode(before)
if known[1] <= tonumber(now) then return 0 end
local after = cjson.encode({tonumber(ends), known[2], value})
redis.call('SET', KEYS[1], after, 'EX', seconds)
for _, name in ipairs(known[2]) do tag(name, key, now, ends, seconds) end
return 1
"""
)


def open_url(url: str) -> RedisStore:
    """Open `redis://HOST:PORT/DB`; it is asked for the first time when used."""
    client = redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_ANSWER_SECONDS,
    )
    return RedisStore(client)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise StoreUnavailable(str(error)) from error


class RedisStore:
    """A store in Redis.

    A value is kept as `[end, names of its tags, value]`, in JSON.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._put = client.register_script(_PUT)
        self._renew = client.register_script(_RENEW)

    @_answering()
    def put(
        self,
        kind: RecordKind,
        key: str,
        value: str,
        *,
        now: int,
        expires_at: int,
        tags: Sequence[str] = (),
    ) -> bool:
        """Keep a value where none is kept yet; say whether it was kept."""
        names = [_tag(kind, tag) for tag in tags]
        sealed = json.dumps([expires_at, names, value])
        kept = self._put(
            keys=[_name(kind, key), *names],
            args=[key, now, expires_at, _seconds(now, expires_at), sealed],
        )
        return bool(kept)

    @_answering()
    def get(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        return _opened(self._redis.get(_name(kind, key)), now)

    @_answering()
    def take(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        return _opened(self._redis.getdel(_name(kind, key)), now)

    @_answering()
    def renew(
        self, kind: RecordKind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        self._renew(
            keys=[_name(kind, key)],
            args=[key, now, expires_at, _seconds(now, expires_at), value],
        )

    @_answering()
    def drop(self, kind: RecordKind, key: str) -> None:
        """Forget a value."""
        self._redis.delete(_name(kind, key))

    @_answering()
    def tagged(self, kind: RecordKind, tag: str, *, now: int) -> tuple[str, ...]:
        """Return the keys that bear a tag, the one that expires first in front."""
        keys = map(str, self._redis.zrangebyscore(_tag(kind, tag), f"({now}", "+inf"))
        return tuple(key for key in keys if self.get(kind, key, now=now) is not None)

    @_answering()
    def ping(self) -> None:
        """Raise an error where Redis does not answer."""
        self._redis.ping()


def _seconds(now: int, expires_at: int) -> int:
    return max(1, expires_at - now) + _MARGIN


def _name(kind: RecordKind, key: str) -> str:
    return f"{_PREFIX}:{kind}:{key}"


def _tag(kind: RecordKind, tag: str) -> str:
    return f"{_PREFIX}:tag:{kind}:{tag}"


def _opened(sealed: object, now: int) -> str | None:
    if not isinstance(sealed, str):
        return None
    expires_at, _, value = json.loads(sealed)
    return str(value) if expires_at > now else None
