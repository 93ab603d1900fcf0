layout(location = 0) in vec3 a_pos;
layout(location = 1) in vec3 a_normal;
layout(location = 2) in vec3 a_colour; // the root of each part

uniform mat4 u_view_proj;

out vec3 v_world;
out vec3 v_colour;

void main() {
	v_world = a_pos;
	float sun = max(dot(a_normal, sun_dir), 0.0);
	vec3 ambient = mix(vec3(0.16, 0.15, 0.14), vec3(0.34, 0.43, 0.58), a_normal.y * 0.5 + 0.5);
	v_colour = a_colour * a_colour * (sun_colour * sun + ambient);
	gl_Position = u_view_proj * vec4(a_pos, 1.0);
}
