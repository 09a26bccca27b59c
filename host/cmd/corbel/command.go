package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"corbel.example/host/internal/command"
	"corbel.example/host/internal/config"
	"corbel.example/sdk/plugin"
)

// pluginGroup is where the help lists the plugins' commands.
const pluginGroup = "plugins"

// addPluginCommands adds the commands of the enabled plugins when the command line names none of corbel's own, or asks what
// there is. The plugins are started to tell, and end again.
func addPluginCommands(ctx context.Context, root *cobra.Command, p process) error {
	if found, _, err := root.Find(p.args); err != nil || found != root {
		return nil // one of corbel's own
	}
	words, flags := splitArguments(root, p.args)
	asksForHelp := len(words) == 0 || words[0] == "help"
	switch {
	case len(words) == 0 && len(p.args) > 0 && !slices.Contains(p.args, "--help") && !slices.Contains(p.args, "-h"):
		return nil // flags alone
	case !asksForHelp && slices.Contains([]string{"completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}, words[0]):
		return nil
	}
	cfg, err := loadFlags(flags, p)
	if err != nil {
		if asksForHelp {
			return nil // the help helps with that too
		}
		return err
	}
	manifests, failures := describeEnabled(ctx, cfg)
	commands, refused := command.Collect(manifests, ownWords(root), flagNames(root))
	for _, r := range refused {
		failures = append(failures, r)
	}
	r := &pluginCommands{process: p, config: cfg, manifests: manifests}
	for i := range commands {
		r.add(root, &commands[i])
	}
	if found, _, err := root.Find(words); !asksForHelp && (err != nil || found == root) {
		return unknown(words[0], failures...)
	}
	return nil
}

// unknown is the error of a word that is no command.
func unknown(word string, failures ...error) error {
	text := fmt.Sprintf("unknown command %q: `corbel help` lists the commands", word)
	for _, f := range failures {
		text += "\n" + f.Error()
	}
	return &command.Misuse{Message: text}
}

// splitArguments parses corbel's own flags wherever they stand, and returns the other words before the first unknown flag.
func splitArguments(root *cobra.Command, args []string) ([]string, *pflag.FlagSet) {
	flags := pflag.NewFlagSet("corbel", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.BoolP("help", "h", false, "")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { flags.String(f.Name, "", f.Usage) })
	// What is wrong with them is told when the command itself parses them.
	_ = flags.Parse(args)
	return flags.Args(), flags
}

// describeEnabled returns the manifests of the enabled plugins in the configured order, and why others have none.
func describeEnabled(ctx context.Context, cfg *config.Config) (manifests []plugin.Manifest, failures []error) {
	described := describeAll(ctx, cfg.Settings.Plugins)
	for _, p := range cfg.Settings.Plugins {
		switch d, ok := described[p.Name]; {
		case !ok: // not enabled
		case d.err != nil:
			failures = append(failures, fmt.Errorf("plugin %s could not be asked for its commands: %w", p.Name, d.err))
		default:
			manifests = append(manifests, d.manifest)
		}
	}
	return manifests, failures
}

// ownWords are the commands that are no plugin's to name.
func ownWords(root *cobra.Command) []string {
	words := []string{"help", "completion"}
	for _, c := range root.Commands() {
		words = append(words, c.Name())
	}
	return words
}

func flagNames(root *cobra.Command) (names []string) {
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// pluginCommands runs commands of plugins.
type pluginCommands struct {
	process   process
	config    *config.Config
	manifests []plugin.Manifest
}

// add adds a command, below that of its first word if it has two.
func (r *pluginCommands) add(root *cobra.Command, c *command.Command) {
	parent, use := root, c.Name
	if group := c.Group(); group != "" {
		use = strings.TrimPrefix(c.Name, group+" ")
		i := slices.IndexFunc(root.Commands(), func(known *cobra.Command) bool { return known.Name() == group })
		if i < 0 {
			root.AddCommand(newGroup(group, c.Plugin))
			i = slices.IndexFunc(root.Commands(), func(known *cobra.Command) bool { return known.Name() == group })
		}
		parent = root.Commands()[i]
	}
	if !root.ContainsGroup(pluginGroup) {
		root.AddGroup(&cobra.Group{ID: pluginGroup, Title: "Commands of plugins:"})
	}
	cmd := &cobra.Command{Use: use, Short: c.Summary, Args: func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return &command.Misuse{Message: fmt.Sprintf("%s takes no argument %q: see --help", c.Name, args[0])}
		}
		return nil
	}}
	if parent == root {
		cmd.GroupID = pluginGroup
	}
	given := c.Flags.Add(cmd.Flags())
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &command.Misuse{Message: err.Error()} })
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		body, err := c.Flags.Object(given)
		if err != nil {
			return err
		}
		return r.run(cmd.Context(), c, body)
	}
	parent.AddCommand(cmd)
}

// newGroup is the first word of names of two.
func newGroup(name, pluginName string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: "Commands of the plugin " + pluginName, GroupID: pluginGroup, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(name + " " + args[0])
			}
			return cmd.Help()
		},
	}
}

// run performs a command.
func (r *pluginCommands) run(ctx context.Context, c *command.Command, body []byte) error {
	if err := hideFromOthers(); err != nil {
		return err
	}
	out := command.NewOutput(r.process.stdout, r.process.stderr, terminalColumns(r.process.stderr))
	run := &commandRun{
		config: r.config, command: c, manifests: r.manifests,
		token: variableOf(r.process.environ, command.TokenVariable), log: r.logHandler(),
	}
	return out.Close(run.perform(ctx, out, body))
}

// logHandler shows what goes wrong. Who wants to see more sets LOG_LEVEL=debug.
func (r *pluginCommands) logHandler() slog.Handler {
	level := slog.LevelWarn
	if r.config.Settings.Log.Level < slog.LevelInfo {
		level = r.config.Settings.Log.Level
	}
	return slog.NewTextHandler(r.process.stderr, &slog.HandlerOptions{Level: level})
}

func variableOf(environ []string, name string) (value string) {
	for _, pair := range environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

// terminalColumns is how wide the terminal behind w is, 0 when there is none.
func terminalColumns(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return 0
	}
	return cmp.Or(columnsOf(file), defaultColumns)
}

// defaultColumns is for a terminal that does not say how wide it is.
const defaultColumns = 80
