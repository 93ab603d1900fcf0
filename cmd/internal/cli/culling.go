package cli

import (
	"path/filepath"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/tilesplit/passes"
)

// culling makes what the policy asks for. Without the front end for shaders what no program draws is still culled.
func (a *app) culling(cfg config.Config) *session.Culling {
	if cfg.Culling != config.CullingOn {
		return nil
	}
	c := &session.Culling{LeadDraws: cfg.Errors == config.ErrorsExact}
	c.Passes, _ = passes.ParseMode(cfg.Passes) // which has been checked
	var err error
	if c.Shaders, err = shader.New(shader.Config{Program: filepath.Join(driverDir(), shader.Program), CacheDir: shader.UserCache()}); err != nil {
		a.log.Warn("prism: what programs draw goes to all nodes: install g++ and glslang-dev, and build again", "error", err)
	}
	return c
}
