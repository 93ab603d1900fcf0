# The front end of stream/shader. Included by the Makefile at the root. Where glslang's library is missing it is left out, with
# a word: prism then culls nothing for programs with shaders.
GLSL_BIN ?= bin/lib
GLSL_CXX ?= $(if $(filter default,$(origin CXX)),g++,$(CXX))
GLSL_CXXFLAGS ?= -O2 -g1
GLSL_LIBS = -lglslang -lMachineIndependent -lGenericCodeGen -lOGLCompiler -lOSDependent -lglslang-default-resource-limits -lpthread

.PHONY: glsl
glsl:
	@if command -v $(GLSL_CXX) >/dev/null && echo '#include <glslang/MachineIndependent/localintermediate.h>' | $(GLSL_CXX) -std=c++17 -fsyntax-only -x c++ - 2>/dev/null; then \
		$(MAKE) --no-print-directory -s $(GLSL_BIN)/prism-glsl; \
	else echo "prism-glsl is not built: apt-get install g++ glslang-dev" >&2; fi

$(GLSL_BIN)/prism-glsl: stream/shader/front/prism-glsl.cc stream/shader/front/build.mk
	@mkdir -p $(@D)
	$(GLSL_CXX) -std=c++17 -Wall -Wextra -Wno-unused-parameter $(GLSL_CXXFLAGS) -o $@.$$$$ $< $(GLSL_LIBS) && mv -f $@.$$$$ $@
