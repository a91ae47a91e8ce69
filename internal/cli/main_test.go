package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
