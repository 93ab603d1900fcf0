layout(location = 0) in vec3 a_pos;
layout(location = 1) in vec3 a_normal;
layout(location = 2) in vec4 a_stuff; // colour, gloss

uniform mat4 u_view_proj;
uniform mat4 u_model;

out vec3 v_normal;
out vec4 v_stuff;
out float v_far; // along the view

void main() {
	v_normal = mat3(u_model) * a_normal;
	v_stuff = a_stuff;
	gl_Position = u_view_proj * (u_model * vec4(a_pos, 1.0));
	v_far = gl_Position.w;
}
