-- +goose Up

ALTER TABLE answers ADD COLUMN attending TEXT NOT NULL DEFAULT ''; -- who comes, from a mailbox that several read
ALTER TABLE feed_subscriptions ADD COLUMN forum_id TEXT REFERENCES forums (id); -- NULL: all that its owner sees
ALTER TABLE feed_subscriptions ADD COLUMN skips_invited BOOLEAN NOT NULL DEFAULT FALSE; -- leaves out what comes by mail
