package serve

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the figures that /metrics shows. No label holds a name, an address or a token.
type Metrics struct {
	Registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
}

func newMetrics() *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry(), seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "samverkan_request_seconds", Help: "Time to answer a request.", Buckets: []float64{.005, .02, .1, .3, 1, 5},
	}, []string{"method", "route", "status"})}
	m.Registry.MustRegister(m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe measures and logs each request by its route's pattern: the path itself may hold a token.
func (f *Frame) observe(c *gin.Context) {
	begin := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	took := time.Since(begin)
	f.Metrics.seconds.WithLabelValues(c.Request.Method, route, strconv.Itoa(c.Writer.Status())).Observe(took.Seconds())
	f.options.Log.Info("request", "request", RequestID(c.Request.Context()), "method", c.Request.Method, "route", route,
		"status", c.Writer.Status(), "ms", took.Milliseconds())
}
