// Command samverkan keeps the meetings of an inter-agency collaboration.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"samverkan/internal/app"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	world := app.World{Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Version: version}
	code := app.Run(ctx, world, os.Args[1:])
	stop()
	os.Exit(code)
}
