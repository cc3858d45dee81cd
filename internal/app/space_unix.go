//go:build linux || darwin

package app

import "syscall"

// space tells how many octets are free in a folder for this program, and how many there are; zero when that
// cannot be told.
func space(folder string) (free, total uint64) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Bsize <= 0 {
		return 0, 0
	}
	size := uint64(s.Bsize) // #nosec G115 -- not negative, see above
	return s.Bavail * size, s.Blocks * size
}
