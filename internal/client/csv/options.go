package csv

const (
	// defaultMaxRow is above what one row of a warehouse's table can hold, and
	// far below what hurts a process.
	defaultMaxRow = 64 << 20
	// maxCells bounds the cells of a row whose number of columns is not known:
	// a cell takes more memory than the comma that makes it.
	maxCells = 1 << 16
	// bufferSize is what one read asks for. Rows that are longer make it grow.
	bufferSize = 256 << 10
)

// AnyColumns lets rows have as many cells as they like.
const AnyColumns = -1

// Options say what to expect of a file. The zero Options expect of every row
// as many cells as the first has.
type Options struct {
	// Columns is how many cells a row must have: 0 stands for as many as the
	// first row has, AnyColumns for any number. An empty line is a row, of one
	// NULL, only where one column is expected; elsewhere it is passed over.
	Columns int
	// MaxRow bounds a row in bytes, and with it the memory; default 64 MiB.
	MaxRow int
	// At is where in the file the reader begins: Offset goes on from there, and
	// a byte order mark is looked for only at the start of a file.
	At int64
}
