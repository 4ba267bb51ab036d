-- Webhooks (carrel/webhooks.h): whom to tell, what is to be told, and what others have told us.
CREATE TABLE webhook(
  name TEXT PRIMARY KEY,
  events INTEGER NOT NULL,            -- bits: 1 scraper-complete, 2 document-processed; 0: none now
  url TEXT NOT NULL,
  attempts INTEGER NOT NULL,          -- at a delivery
  gone TEXT NOT NULL DEFAULT ''       -- the address that answered 410: it is left alone
) WITHOUT ROWID;

-- What the pages of a harvest have brought, until it ends; only while a webhook wants it.
CREATE TABLE webhook_change(
  run_id INTEGER NOT NULL, record_id INTEGER NOT NULL,
  PRIMARY KEY(run_id, record_id)) WITHOUT ROWID;

-- The outbox. Where a delivery stands is its job's affair.
CREATE TABLE webhook_delivery(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook TEXT NOT NULL,
  event INTEGER NOT NULL,             -- 1, 2
  key TEXT NOT NULL UNIQUE,           -- Idempotency-Key
  job_id INTEGER NOT NULL DEFAULT 0,
  document TEXT,                      -- SHA-256, of document-processed
  part INTEGER NOT NULL, parts INTEGER NOT NULL, -- from 1
  about TEXT NOT NULL DEFAULT 'null', -- JSON: the harvest
  records TEXT NOT NULL DEFAULT '[]', -- JSON: ids of its records
  created INTEGER NOT NULL,
  body BLOB,                          -- from the first try until it is delivered, raw deflate
  tried INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, -- HTTP, of the last try
  answer TEXT NOT NULL DEFAULT ''     -- the beginning of what it said
);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery(webhook, id);
CREATE INDEX webhook_delivery_job ON webhook_delivery(job_id);
CREATE INDEX webhook_delivery_document ON webhook_delivery(document) WHERE document IS NOT NULL;

-- What was answered to a delivery of another carrel; written with its effect.
CREATE TABLE webhook_receipt(
  peer TEXT NOT NULL, key TEXT NOT NULL,
  hash TEXT NOT NULL,                 -- SHA-256 of event and body
  status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(peer, key)) WITHOUT ROWID;
CREATE INDEX webhook_receipt_at ON webhook_receipt(at);

-- Parts of a document that wait for the others.
CREATE TABLE webhook_part(
  peer TEXT NOT NULL, document TEXT NOT NULL, processed TEXT NOT NULL, part INTEGER NOT NULL,
  at INTEGER NOT NULL, body BLOB NOT NULL, -- raw deflate
  PRIMARY KEY(peer, document, processed, part)) WITHOUT ROWID;
