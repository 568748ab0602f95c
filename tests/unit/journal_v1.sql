-- What the first version of the schema looked like, with a kept change.
BEGIN TRANSACTION;
CREATE TABLE confirmed(
  target TEXT PRIMARY KEY, at INTEGER NOT NULL, settings TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "confirmed" VALUES('',0,'{"batch_size":6.4E1}');
CREATE TABLE event(
  number INTEGER PRIMARY KEY, target TEXT NOT NULL, id INTEGER NOT NULL,
  kind TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL,
  intended INTEGER NOT NULL, verdict TEXT, undone INTEGER NOT NULL DEFAULT 0);
INSERT INTO "event" VALUES(1,'',1,'tuning',1001000000000,'{"id":1,"kind":"tuning","at":1.001E3,"moves":[{"knob":"batch_size","from":3.2E1,"to":6.4E1,"reason":"because"}],"reason":"because","evidence":{"opened_at":0E0,"closed_at":0E0,"completed":0,"failed":0,"invalid":0,"offered":null,"throughput_rps":0E0,"offered_rps":null,"p50_ms":0E0,"p95_ms":0E0,"p99_ms":0E0,"mean_ms":0E0,"batches":0,"batch_size_mean":0E0,"busy_workers":0E0,"cache_hit_ratio":null,"queue_length":null,"memory_used_ratio":null,"memory_mib":null,"cpu_cores":null,"settings":{}},"considered":[],"settle_seconds":0E0,"step_back":false}',0,'{"id":1,"result":"kept","at":1.031E3,"reason":"it is so","before":{"opened_at":0E0,"closed_at":0E0,"completed":0,"failed":0,"invalid":0,"offered":null,"throughput_rps":0E0,"offered_rps":null,"p50_ms":0E0,"p95_ms":0E0,"p99_ms":0E0,"mean_ms":0E0,"batches":0,"batch_size_mean":0E0,"busy_workers":0E0,"cache_hit_ratio":null,"queue_length":null,"memory_used_ratio":null,"memory_mib":null,"cpu_cores":null,"settings":{}},"after":{"opened_at":0E0,"closed_at":0E0,"completed":0,"failed":0,"invalid":0,"offered":null,"throughput_rps":0E0,"offered_rps":null,"p50_ms":0E0,"p95_ms":0E0,"p99_ms":0E0,"mean_ms":0E0,"batches":0,"batch_size_mean":0E0,"busy_workers":0E0,"cache_hit_ratio":null,"queue_length":null,"memory_used_ratio":null,"memory_mib":null,"cpu_cores":null,"settings":{}},"numbers":{}}',0);
CREATE TABLE memo(
  target TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY(target, kind, key)) WITHOUT ROWID;
INSERT INTO "memo" VALUES('','regime','20','{"batch_size":64}');
CREATE TABLE point(
  target TEXT NOT NULL, step INTEGER NOT NULL, closed_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL, completed INTEGER, failed INTEGER,
  invalid INTEGER, offered REAL, p50 INTEGER, p95 INTEGER, p99 INTEGER,
  mean INTEGER, batches INTEGER, batch_size REAL, busy REAL, hit_ratio REAL,
  queue REAL, memory_ratio REAL, memory_mib REAL, cpu REAL, settings TEXT,
  PRIMARY KEY(target, step, closed_at)) WITHOUT ROWID;
CREATE UNIQUE INDEX event_change ON event(target, id) WHERE kind = 'tuning';
CREATE INDEX event_time ON event(target, at);
COMMIT;
PRAGMA user_version = 1;
