layout(location = 0) in vec3 a_pos;
layout(location = 1) in vec3 a_normal;
layout(location = 2) in float a_hot;

uniform mat4 u_view_proj;

out vec3 v_world;
out vec3 v_normal;
out float v_hot;

void main() {
	v_world = a_pos;
	v_normal = a_normal;
	v_hot = a_hot;
	gl_Position = u_view_proj * vec4(a_pos, 1.0);
}
