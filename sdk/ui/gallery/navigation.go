package gallery

import "corbel.example/sdk/ui"

func navigation() []Section {
	return []Section{
		{
			Title: "Breadcrumb", Text: "Where the page is. The last step is the page itself.",
			Examples: []Example{
				{Title: "Of a schema", Component: ui.Breadcrumb{{Text: "Catalog", Href: "/catalog"}, {Text: "samples"}}},
			},
		},
		{
			Title: "Tabs", Text: "The views of a page, each with an address.",
			Examples: []Example{
				{Title: "Of a table", Component: ui.Tabs{Label: "Table", Items: []ui.Tab{
					{Title: "Columns", Href: "?tab=columns", Count: ui.Number(12), Current: true},
					{Title: "Sample data", Href: "?tab=data"},
				}}},
			},
		},
		{
			Title: "Tree", Text: "What holds what. A branch with a Source is loaded when it is opened; without script its page shows what is in it.",
			Examples: []Example{
				{Title: "Of a catalog", Component: ui.Tree{Label: "Example catalog", Branches: []ui.Branch{
					{Kind: "catalog", Title: "main", Href: "/catalog/main", Branches: []ui.Branch{
						{Kind: "schema", Title: "samples", Href: "/catalog/main/samples", Branches: []ui.Branch{
							{Kind: "table", Title: "trips", Href: "/catalog/main/samples/trips", Current: true},
						}},
					}},
					{Kind: "catalog", Title: "system", Href: "/catalog/system", Source: "/_fragment/unitycatalog/branch?catalog=system"},
				}}},
				{Title: "Kinds", Component: ui.Tree{Label: "Kinds", Branches: []ui.Branch{
					{Kind: "catalog", Title: "catalog", Href: "?"},
					{Kind: "schema", Title: "schema", Href: "?"},
					{Kind: "table", Title: "table", Href: "?"},
					{Kind: "view", Title: "view", Href: "?"},
					{Kind: "volume", Title: "volume", Href: "?"},
					{Kind: "function", Title: "function", Href: "?"},
					{Kind: "model", Title: "model", Href: "?"},
				}}},
				{Title: "The answer of a branch's source", Component: ui.Branches{{Kind: "schema", Title: "billing", Href: "/catalog/system/billing"}}},
			},
		},
	}
}
