// Package pack makes one archive of an app's programs, in parts that are small enough to be uploaded, and unpacks it where
// the app runs. The same programs make the same bytes.
//
// One stream for all programs and not one for each: they are made of the same libraries, and a program that comes after
// another adds a third of what it has alone.
package pack

// Sums is the file that lists the SHA-256 digests of the parts, in their order, as sha256sum writes it.
const Sums = "programs.sha256"

const (
	// PartBytes is the largest part. Databricks refuses an app with a file of more than 10 MB.
	PartBytes = 9_000_000
	// windowBytes is how far back the compressor refers: over two programs. Unpacking takes that much memory.
	windowBytes = 64 << 20
	// maxParts and maxProgramBytes bound what is unpacked.
	maxParts        = 32
	maxProgramBytes = 512 << 20
)
