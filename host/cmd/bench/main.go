// Command bench measures what the process border costs: the same handler, behind the same server and the same
// middleware, once in a plugin process and once in the server's own process. Then it measures pages: the home page of the
// real composer with four fragments from four plugin processes.
//
//	go run ./cmd/bench [-rounds 31] [-seconds 0.5] [-measure border|pages|all]
//
// Server, plugin, load generator and the two ends of the raw ping-pong are processes of their own. Each round measures
// every variant once, one after the other, so that a change in the machine's speed meets all of them; what is
// reported are medians over the rounds, ratios taken within a round.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
	"corbel.example/sdk/wire"
)

// defaultRounds are enough for a median that a slow moment of the machine does not move.
const defaultRounds = 31

// pageRoundShare: a round of pages takes longer than one of the border.
const pageRoundShare = 3

// self is the plugin that the program is under a name.
func self(name string) plugin.Plugin {
	if strings.HasPrefix(name, pagePluginPrefix) {
		return &pagePlugin{name: name}
	}
	return newPlugin(pluginName)
}

func main() {
	if os.Getenv(wire.Handshake.MagicCookieKey) != "" {
		serve.Main(self(filepath.Base(os.Args[0])))
	}
	rounds := flag.Int("rounds", defaultRounds, "interleaved rounds")
	seconds := flag.Float64("seconds", 0.5, "seconds of each measurement")
	measure := flag.String("measure", "all", "border, pages or all")
	role := flag.String("role", "", "internal: what this process is")
	flag.Parse()
	var err error
	switch *role {
	case "":
		duration := time.Duration(*seconds * float64(time.Second))
		if *measure != "pages" {
			err = run(*rounds, duration)
		}
		if *measure != "border" && err == nil {
			err = runPages(max(1, *rounds/pageRoundShare), duration)
		}
	case roleServer:
		err = runServer(map[string]string{pluginName: ""})
	case rolePages:
		err = servePages()
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
