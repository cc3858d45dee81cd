package serve

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panicked makes an error of what recover gave, with the place where it happened. The value itself
// is told only when it is the runtime's own: any other may quote what somebody wrote.
func Panicked(value any) error {
	what := fmt.Sprintf("%T", value)
	if e, own := value.(runtime.Error); own {
		what = e.Error()
	}
	return fmt.Errorf("panic: %s\n%s", what, debug.Stack())
}
