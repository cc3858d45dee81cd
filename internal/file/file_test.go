package file_test

import (
	"bytes"
	"context"
	"testing"

	"samverkan/internal/file"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestAFileComesOutAsItWentIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for name, data := range map[string][]byte{"empty": {}, "small": []byte("å\x00"), "just a chunk": make([]byte, 256<<10), "several chunks": bytes.Repeat([]byte("0123456"), 100_000)} {
			var sum string
			for range 2 { // the second time there is nothing to do
				if err := db.Write(ctx, func(tx *store.Tx) (err error) {
					sum, err = file.Keep(tx, data)
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			var whole []byte
			if err := db.Read(ctx, func(tx *store.Tx) (err error) {
				whole, err = file.Read(tx, sum)
				return err
			}); err != nil || !bytes.Equal(whole, data) {
				t.Errorf("%s: %d octets, %v", name, len(whole), err)
			}
			var copied bytes.Buffer
			if err := file.Copy(ctx, db, &copied, sum); err != nil || !bytes.Equal(copied.Bytes(), data) {
				t.Errorf("%s copied: %d octets, %v", name, copied.Len(), err)
			}
		}
		if err := file.Copy(ctx, db, &bytes.Buffer{}, "no such sum"); err == nil {
			t.Error("a file that is not there was copied")
		}
	})
}

func TestAFileThatWasChangedIsNotGiven(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		var sum string
		if err := db.Write(ctx, func(tx *store.Tx) (err error) {
			if sum, err = file.Keep(tx, []byte("beslut")); err != nil {
				return err
			}
			return tx.DB.Model(&file.Chunk{}).Where("sha256 = ?", sum).Update("data", []byte("besked")).Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Read(ctx, func(tx *store.Tx) error {
			_, err := file.Read(tx, sum)
			return err
		}); err == nil {
			t.Error("other bytes were given under the same sum")
		}
	})
}
