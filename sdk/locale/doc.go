// Package locale writes numbers and dates as the user's language and region do. The host takes the locale from the browser's
// Accept-Language and sends it with every request; a handler finds it in the request's context:
//
//	l := locale.FromContext(r.Context())
//	l.Count(1204)         // 1,204 or 1.204
//	l.Duration(elapsed)   // 2.75 s or 2,75 s
//	l.Time(table.Created) // Feb 29, 2024, 2:30 PM UTC or 29.02.2024, 14:30 UTC
//
// Values that people copy into statements and programs, such as the rows of a result, are not for it.
package locale
