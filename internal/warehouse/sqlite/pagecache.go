package sqlite

import (
	"sync"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	engine "modernc.org/sqlite/lib"
)

// What SQLite keeps of its files comes from one piece of memory. Asked for one by one, pages
// take twice their size: each has a header beside, and the allocator rounds up to powers of
// two. The piece is SQLite's for as long as the process lives, and all connections of the
// process share it, whatever files they have open: when it is nearly used up, a connection
// that wants another page gives up the one that it has not used for longest, although its
// cache_size would let it have more. It is as large as the caches of the one driver that a
// process opens.
const (
	pageBytes   = 4096 // SQLite's default; a file with larger ones does without
	pooledPages = (writerCacheKiB + leastReaders*readerCacheKiB) * 1024 / pageBytes
)

// poolPages gives SQLite that piece. It takes one only before it first opens a file, and
// where it refuses it asks for pages one by one, which costs memory and nothing else.
//
// https://sqlite.org/malloc.html#page_cache_memory
var poolPages = sync.OnceFunc(func() { //nolint:gochecknoglobals // SQLite is set up once in a process
	tls := libc.NewTLS()
	defer tls.Close()
	header := tls.Alloc(8)
	defer tls.Free(8)
	args := tls.Alloc(32)
	defer tls.Free(32)
	if engine.Xsqlite3_config(tls, engine.SQLITE_CONFIG_PCACHE_HDRSZ, libc.VaList(args, header)) != engine.SQLITE_OK {
		return
	}
	slot := pageBytes + libc.AtomicLoadPInt32(header)
	piece := libc.Xmalloc(tls, types.Size_t(slot)*pooledPages)
	if engine.Xsqlite3_config(tls, engine.SQLITE_CONFIG_PAGECACHE, libc.VaList(args, piece, slot, int32(pooledPages))) != engine.SQLITE_OK {
		libc.Xfree(tls, piece)
	}
})
