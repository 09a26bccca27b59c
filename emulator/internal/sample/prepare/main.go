package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"corbel.example/emulator/internal/sample"
)

func main() {
	out := flag.String("out", "internal/sample/data", "folder that receives <schema>/<table>.csv.gz")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := prepare(ctx, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// prepare writes every table of the catalog below the folder out.
func prepare(ctx context.Context, out string) error {
	archives, recipes := map[npmPackage]archive{}, recipes()
	for _, table := range sample.Tables() {
		name := table.Schema + "." + table.Name
		recipe, ok := recipes[name]
		if !ok {
			return fmt.Errorf("table %s has no recipe: add one to recipes.go", name)
		}
		if _, ok := archives[recipe.from]; !ok {
			fetched, err := recipe.from.fetch(ctx)
			if err != nil {
				return err
			}
			archives[recipe.from] = fetched
		}
		rows, err := recipe.rows(archives[recipe.from], table.Columns)
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		if err := write(out, table, rows); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		fmt.Printf("%-32s %6d rows\n", name, len(rows))
	}
	return nil
}
