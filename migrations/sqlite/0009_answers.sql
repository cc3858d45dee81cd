-- +goose Up

ALTER TABLE answers ADD COLUMN attending TEXT NOT NULL DEFAULT ''; -- who comes, from a mailbox that several read
