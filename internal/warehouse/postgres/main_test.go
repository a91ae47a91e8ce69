package postgres_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/warren-sync/warren/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Around(m)) }
