package main

import "testing"

// A curve shows that cost follows the changes only when there are as many of
// them at every size.
func testAThousandChangeWhateverTheNumberOfLeads(t *testing.T, _ *bench) {
	for leads, want := range map[int]int{1500: 1000, 4000: 1000} {
		s, err := startSandbox(t.Context(), leads)
		if err != nil {
			t.Fatal(err)
		}
		st, err := prepare(t.Context(), s, stepThousand)
		if err != nil || st.full || st.written != want || st.records != want || st.since.IsZero() {
			t.Errorf("%d leads: %+v %v", leads, st, err)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	}
}
