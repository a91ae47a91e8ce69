package cli

import (
	"context"
	"sync"

	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// demoCRMs are the simulated CRMs of the demo, running.
type demoCRMs struct {
	rabbit      *salesrabbit.Server
	pro         *salespro.Server
	hub         *hubspot.Server
	nobody      int64       // the lead that shows no id
	urls        [3]string   // in that order
	environment [][2]string // by which Warren finds them
	stop        func()
}

// mostContacts keeps the demo short: HubSpot lets so many calls through in ten
// seconds, and its source keeps to that.
const mostContacts = 3000

// startDemoCRMs starts them, each with some dirt.
func (c *command) startDemoCRMs(ctx context.Context, records int) (*demoCRMs, error) {
	d := &demoCRMs{
		rabbit: salesrabbit.New(salesrabbit.Config{Records: records, Seed: 1, Clock: c.Clock, Traps: salesrabbit.Traps{Dirty: 0.01}}),
		hub:    hubspot.New(hubspot.Config{Records: min(records, mostContacts), Seed: 1, Clock: c.Clock}),
	}
	var err error
	if d.pro, err = salespro.New(salespro.Config{Records: max(records/4, 1), Seed: 1, Clock: c.Clock}); err != nil {
		return nil, err
	}
	d.nobody = d.rabbit.Put(salesrabbit.Fields{"id": []byte("null"), "firstName": []byte(`"Nobody"`)})
	serving, cancel := context.WithCancel(ctx)
	var served sync.WaitGroup
	d.stop = func() {
		cancel()
		served.Wait()
		_ = d.pro.Close() // what it leaves are files of its own
	}
	for i, server := range []simulated{d.rabbit, d.pro, d.hub} {
		ln, err := listen(ctx, 0)
		if err != nil {
			d.stop()
			return nil, err
		}
		d.urls[i] = "http://" + ln.Addr().String()
		served.Go(func() { _ = server.Serve(serving, ln) }) // it fails only if its listener does, and then the demo has failed before
	}
	d.environment = [][2]string{
		{"SALESRABBIT_API_URL", d.urls[0]}, {"SALESRABBIT_API_KEY", salesrabbit.DefaultToken},
		{"SALESPRO_ENDPOINT", d.urls[1]}, {"SALESPRO_DATABASE", d.pro.Database()}, {"SALESPRO_S3_LOCATION", d.pro.Output()},
		{"SALESPRO_ACCESS_KEY_ID", salespro.DefaultAccessKey}, {"SALESPRO_SECRET_ACCESS_KEY", salespro.DefaultSecretKey},
		{"HUBSPOT_API_URL", d.urls[2]}, {"HUBSPOT_API_TOKEN", hubspot.DefaultToken},
	}
	return d, nil
}
