// Package file keeps bytes in the database under their SHA-256: finished documents, and what is
// attached to meetings. One backup holds them, every instance reads them, and what is kept twice is
// kept once. Who may see a file is for whoever refers to it to say.
package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm/clause"

	"samverkan/internal/store"
)

// File is what is known of bytes that are kept.
type File struct {
	SHA256    string `gorm:"column:sha256;primaryKey"` // hexadecimal
	Size      int64  // octets
	CreatedAt time.Time
}

// Chunk is a part of a file: a reader needs no more of it in memory.
type Chunk struct {
	SHA256 string `gorm:"column:sha256;primaryKey"`
	Number int64  `gorm:"primaryKey"` // from 0
	Data   []byte
}

// TableName is the table of Chunk.
func (Chunk) TableName() string { return "file_chunks" }

const chunkSize = 256 << 10

// Keep puts bytes away and gives their SHA-256. Keeping the same bytes again changes nothing.
func Keep(tx *store.Tx, data []byte) (string, error) {
	hash := sha256.Sum256(data)
	sum := hex.EncodeToString(hash[:])
	made := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&File{sum, int64(len(data)), tx.Now})
	if made.Error != nil || made.RowsAffected == 0 {
		return sum, made.Error
	}
	for number := int64(0); len(data) > 0; number++ {
		part := data[:min(chunkSize, len(data))]
		data = data[len(part):]
		if err := tx.DB.Create(&Chunk{sum, number, part}).Error; err != nil {
			return "", err
		}
	}
	return sum, nil
}

// Read gives a file whole, and fails when the bytes are not those that were kept.
func Read(tx *store.Tx, sum string) ([]byte, error) {
	f := &File{}
	if err := store.Found(tx.DB.First(f, "sha256 = ?", sum).Error); err != nil {
		return nil, err
	}
	data := make([]byte, 0, f.Size)
	for number := int64(0); int64(len(data)) < f.Size; number++ {
		c := &Chunk{}
		if err := tx.DB.First(c, "sha256 = ? AND number = ?", sum, number).Error; err != nil {
			return nil, fmt.Errorf("file %s, chunk %d: %w", sum, number, err)
		}
		data = append(data, c.Data...)
	}
	if hash := sha256.Sum256(data); hex.EncodeToString(hash[:]) != sum {
		return nil, fmt.Errorf("file %s: the bytes have changed", sum)
	}
	return data, nil
}

// Copy writes a file, a chunk at a time in transactions of their own, so that a slow reader holds
// neither the database nor much memory.
func Copy(ctx context.Context, db *store.DB, w io.Writer, sum string) error {
	f := &File{}
	if err := db.Read(ctx, func(tx *store.Tx) error { return store.Found(tx.DB.First(f, "sha256 = ?", sum).Error) }); err != nil {
		return err
	}
	for number, written := int64(0), int64(0); written < f.Size; number++ {
		c := &Chunk{}
		if err := db.Read(ctx, func(tx *store.Tx) error {
			return tx.DB.First(c, "sha256 = ? AND number = ?", sum, number).Error
		}); err != nil {
			return fmt.Errorf("file %s, chunk %d: %w", sum, number, err)
		}
		if _, err := w.Write(c.Data); err != nil {
			return err
		}
		written += int64(len(c.Data))
	}
	return nil
}

// Remove forgets a file that nothing refers to. The database refuses while something does.
func Remove(tx *store.Tx, sum string) error {
	if err := tx.DB.Delete(&Chunk{}, "sha256 = ?", sum).Error; err != nil {
		return err
	}
	return tx.DB.Delete(&File{}, "sha256 = ?", sum).Error
}
