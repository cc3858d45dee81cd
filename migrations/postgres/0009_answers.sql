-- +goose Up

ALTER TABLE answers ADD COLUMN attending text NOT NULL DEFAULT ''; -- who comes, from a mailbox that several read
