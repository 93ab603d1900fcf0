# The driver. Included by the Makefile at the root, or used alone from there: make -f stream/driver/build.mk driver
DRIVER_LIB ?= bin/lib
DRIVER_OBJ ?= bin/obj/driver
DRIVER_CC ?= $(if $(filter default,$(origin CC)),gcc,$(CC))
DRIVER_CFLAGS ?= -O2 -g
DRIVER_FLAGS = -std=gnu11 -Wall -Wextra -fPIC -fvisibility=hidden -fno-plt -Istream/driver -Istream/driver/include -MMD -MP

DRIVER_SRC = $(wildcard stream/driver/*.c stream/driver/gl/*.c stream/driver/gl/*/*.c stream/driver/glx/*.c stream/driver/egl/*.c)
DRIVER_OBJS = $(patsubst stream/driver/%.c,$(DRIVER_OBJ)/%.o,$(DRIVER_SRC))

.PHONY: driver
driver: $(DRIVER_LIB)/libGLX_prism.so.0 $(DRIVER_LIB)/libEGL_prism.so.0 $(DRIVER_LIB)/prism_egl.json

# Outputs are made beside their place and moved there: several builds at once (tests) do no harm, and a running app keeps its library.
# nodelete: a destructor of thread keys and a fork handler of ours stay registered for ever.
$(DRIVER_LIB)/libGLX_prism.so.0: $(DRIVER_OBJS)
	@mkdir -p $(@D)
	$(DRIVER_CC) -shared -o $@.$$$$ -Wl,-soname,libGLX_prism.so.0 -Wl,-z,defs -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now $(DRIVER_CFLAGS) $^ -lX11 -lxcb -lpthread && mv -f $@.$$$$ $@

# The same library: an app that uses both is one process to the session.
$(DRIVER_LIB)/libEGL_prism.so.0: | $(DRIVER_LIB)/libGLX_prism.so.0
	ln -sfn libGLX_prism.so.0 $@

$(DRIVER_LIB)/prism_egl.json: stream/driver/egl/prism_egl.json
	@mkdir -p $(@D)
	cp -f $< $@.$$$$ && mv -f $@.$$$$ $@

$(DRIVER_OBJ)/%.o: stream/driver/%.c stream/driver/build.mk
	@mkdir -p $(@D)
	$(DRIVER_CC) $(DRIVER_FLAGS) $(DRIVER_CFLAGS) -MF $(@:.o=.d) -MT $@ -c -o $@.$$$$ $< && mv -f $@.$$$$ $@

-include $(DRIVER_OBJS:.o=.d)
