in vec3 v_normal;
in vec4 v_stuff;
in float v_far;

layout(location = 0) out vec4 o_albedo;
layout(location = 1) out vec4 o_normal;
layout(location = 2) out float o_far;

void main() {
	o_albedo = v_stuff;
	o_normal = vec4(v_normal * 0.5 + 0.5, 1.0);
	o_far = v_far;
}
