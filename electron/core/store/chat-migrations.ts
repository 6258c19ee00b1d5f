/**
 * The history of `chats.db`, by the rules of `migrations.ts`: a step that was released is never edited.
 *
 * Both tables of words hold no text of their own: they point at the rows' text, and triggers keep them in step, in the same
 * transaction. The keys are integers, for VACUUM may give a table without one new row ids, and the words would point elsewhere.
 */
export const chatMigrations: readonly string[] = [
  // 1: chats, their trees of messages, what is attached, presets.
  `
  CREATE TABLE chats (
    id            INTEGER PRIMARY KEY,
    uid           TEXT NOT NULL UNIQUE,
    title         TEXT NOT NULL,
    pinned        INTEGER NOT NULL,
    settings      TEXT NOT NULL, -- JSON: models, system prompt, parameters
    leaf_uid      TEXT, -- the message that the shown path ends in
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER -- kept for a while, so that it can be taken back
  ) STRICT;
  CREATE INDEX chats_by_update ON chats (updated_at_ms, id);

  CREATE TABLE messages (
    id            INTEGER PRIMARY KEY,
    uid           TEXT NOT NULL,
    chat_id       INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    parent_uid    TEXT, -- null for the first of a tree
    role          TEXT NOT NULL, -- 'user' or 'assistant'
    parts         TEXT NOT NULL, -- JSON
    words         TEXT NOT NULL, -- what of it can be searched
    details       TEXT NOT NULL, -- JSON: models, figures, error
    ending        TEXT, -- null while it is written
    created_at_ms INTEGER NOT NULL,
    UNIQUE (chat_id, uid)
  ) STRICT;

  CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content = 'messages', content_rowid = 'id', prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_words (rowid, words) VALUES (new.id, new.words);
  END;
  CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', old.id, old.words);
  END;
  CREATE TRIGGER messages_changed AFTER UPDATE OF words ON messages WHEN old.words <> new.words BEGIN
    INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', old.id, old.words);
    INSERT INTO message_words (rowid, words) VALUES (new.id, new.words);
  END;

  CREATE VIRTUAL TABLE chat_words USING fts5 (
    title, content = 'chats', content_rowid = 'id', prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER chats_added AFTER INSERT ON chats BEGIN
    INSERT INTO chat_words (rowid, title) VALUES (new.id, new.title);
  END;
  CREATE TRIGGER chats_removed AFTER DELETE ON chats BEGIN
    INSERT INTO chat_words (chat_words, rowid, title) VALUES ('delete', old.id, old.title);
  END;
  CREATE TRIGGER chats_changed AFTER UPDATE OF title ON chats WHEN old.title <> new.title BEGIN
    INSERT INTO chat_words (chat_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO chat_words (rowid, title) VALUES (new.id, new.title);
  END;

  -- The files themselves are in attachments/, named by their SHA-256.
  CREATE TABLE attachments (
    hash          TEXT PRIMARY KEY NOT NULL,
    bytes         INTEGER NOT NULL,
    unused_at_ms  INTEGER -- when it was first seen that no message names it
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE message_attachments (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    hash       TEXT NOT NULL,
    PRIMARY KEY (message_id, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX message_attachments_by_hash ON message_attachments (hash);

  CREATE TABLE presets (
    uid           TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    settings      TEXT NOT NULL, -- JSON: system prompt, parameters, model
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
