package stack

import "context"

// BuildPlugin builds a plugin of the tests' own, a package of the repository, into a file.
func (p Programs) BuildPlugin(ctx context.Context, pkg, file string) error {
	return build(ctx, p.Root, pkg, file)
}
