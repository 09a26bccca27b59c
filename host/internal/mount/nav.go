package mount

import "slices"

// NavGroup is a part of the navigation under one title, which may be empty.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is an entry of the navigation.
type NavItem struct {
	Title string
	Path  string
	// Plugin is the plugin's name, State its state.
	Plugin, State string

	order int
}

// navigation collects the plugins' entries: groups in the order in which they are first named, entries by their order.
func navigation(mounted []*Mounted) []NavGroup {
	var groups []NavGroup
	for _, m := range mounted {
		for _, item := range m.Manifest.Nav {
			i := slices.IndexFunc(groups, func(g NavGroup) bool { return g.Title == item.Group })
			if i < 0 {
				i = len(groups)
				groups = append(groups, NavGroup{Title: item.Group})
			}
			groups[i].Items = append(groups[i].Items, NavItem{
				Title: item.Title, Path: item.Path, Plugin: m.Manifest.Name, State: m.State, order: item.Order,
			})
		}
	}
	for _, group := range groups {
		slices.SortStableFunc(group.Items, func(a, b NavItem) int { return a.order - b.order })
	}
	return groups
}
