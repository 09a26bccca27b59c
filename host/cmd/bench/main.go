// Command bench measures what the process border costs: the same handler, behind the same server and the same
// middleware, once in a plugin process and once in the server's own process.
//
//	go run ./cmd/bench [-rounds 31] [-seconds 0.5]
//
// Server, plugin, load generator and the two ends of the raw ping-pong are processes of their own. Each round measures
// every variant once, one after the other, so that a change in the machine's speed meets all of them; what is
// reported are medians over the rounds, ratios taken within a round.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"corbel.example/sdk/serve"
	"corbel.example/sdk/wire"
)

// defaultRounds are enough for a median that a slow moment of the machine does not move.
const defaultRounds = 31

func main() {
	if os.Getenv(wire.Handshake.MagicCookieKey) != "" {
		serve.Main(newPlugin(pluginName))
	}
	rounds := flag.Int("rounds", defaultRounds, "interleaved rounds")
	seconds := flag.Float64("seconds", 0.5, "seconds of each measurement")
	role := flag.String("role", "", "internal: what this process is")
	flag.Parse()
	var err error
	switch *role {
	case "":
		err = run(*rounds, time.Duration(*seconds*float64(time.Second)))
	case roleServer:
		err = runServer()
	case rolePong:
		err = runPong()
	default:
		err = fmt.Errorf("unknown role %q", *role)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}
